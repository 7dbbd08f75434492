import type { Webhook } from '@sallyport/control'
import { DestinationFailed } from '@sallyport/delivery'
import { derivedSecret, keyOfSecret } from '@sallyport/delivery/webhook'
import { type Environment, messageOf, readSecretFile } from '@sallyport/runtime'

export interface WebhookKeysOptions {
  /** The one secret of the installation. */
  readonly secret: Uint8Array
  readonly environment: Environment
  /** Where `--secret-file` is read; null where none is configured. */
  readonly credentials: string | null
}

/** The key of a webhook, from where its secret is. A secret that cannot be had is a failure and not a refusal. */
export function webhookKeys(options: WebhookKeysOptions): (webhook: Webhook) => Promise<Uint8Array> {
  return async ({ id, secret }) => {
    try {
      return keyOfSecret(await textOf(options, id, secret))
    } catch (cause) {
      throw new DestinationFailed(`the signing secret cannot be used: ${messageOf(cause)}`, { cause })
    }
  }
}

async function textOf(
  { secret, environment, credentials }: WebhookKeysOptions,
  id: string,
  reference: Webhook['secret'],
): Promise<string> {
  switch (reference.kind) {
    case 'derived':
      return derivedSecret(secret, id)
    case 'file':
      return readSecretFile(credentials, reference.file)
    case 'env': {
      const text = environment[reference.variable]
      if (!text) throw new Error(`the variable ${reference.variable} is not set`)
      return text
    }
  }
}
