import type { Mechanism } from 'kafkajs'

/** The broker answered the token with a challenge, which is how it refuses one (RFC 7628, section 3.2.2). */
class TokenRefused extends Error {
  override readonly name = 'KafkaTokenRefused'
}

/**
 * OAUTHBEARER with tokens of `next`. The client's own takes the broker's challenge for a success, and the next request
 * then ends the connection without a reason.
 */
export function oauthBearer(next: () => Promise<string>): Mechanism {
  return {
    mechanism: 'oauthbearer',
    authenticationProvider: ({ saslAuthenticate }) => ({
      async authenticate() {
        const message = Buffer.from(`n,,\u0001auth=Bearer ${await next()}\u0001\u0001`)
        const length = Buffer.alloc(4)
        length.writeInt32BE(message.length)
        const challenge = await saslAuthenticate<Buffer>({
          request: { encode: () => Buffer.concat([length, message]) },
          response: { decode: async (bytes) => bytes, parse: (bytes) => bytes },
        })
        // Its length comes first here too.
        if (challenge !== undefined && challenge.length > 4) throw new TokenRefused('the token was refused')
      },
    }),
  }
}
