import { createHmac } from 'node:crypto'
import { deriveKey, SallyportError } from '@sallyport/runtime'

/** The secret that signs a webhook's messages cannot be used; the message says what is expected. */
export class WebhookSecretInvalid extends SallyportError {
  constructor() {
    super(
      'SP_WEBHOOK_SECRET_INVALID',
      'invalid',
      "a webhook's secret must be whsec_ and 24 to 64 bytes as base64",
    )
  }
}

const PREFIX = 'whsec_'

/**
 * The secret of a webhook that was given none: made of the installation's secret and the webhook's id, so that every
 * process has it and nobody keeps it. In the form of Standard Webhooks.
 */
export function derivedSecret(installationSecret: Uint8Array, id: string): string {
  const key = createHmac('sha256', deriveKey(installationSecret, 'webhook')).update(id).digest()
  return PREFIX + key.toString('base64')
}

/** The key that a secret stands for. Throws `WebhookSecretInvalid`. */
export function keyOfSecret(text: string): Buffer {
  const encoded = text.startsWith(PREFIX) ? text.slice(PREFIX.length) : text
  const key = Buffer.from(encoded, 'base64')
  if (key.toString('base64').replaceAll('=', '') !== encoded.replaceAll('=', ''))
    throw new WebhookSecretInvalid()
  if (key.length < 24 || key.length > 64) throw new WebhookSecretInvalid()
  return key
}
