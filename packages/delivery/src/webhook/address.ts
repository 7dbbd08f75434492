import { isPlainElsewhere, SallyportError } from '@sallyport/runtime'

/** The address of a webhook cannot be used; the message says why and not what it is. */
export class WebhookUrlInvalid extends SallyportError {
  constructor(why: string) {
    super('SP_WEBHOOK_URL_INVALID', 'invalid', `the webhook's address ${why}`)
  }
}

const MAX_URL = 2048

/**
 * The address as it is registered. Events in plain text over a network are refused unless that is `insecure` on purpose.
 * Throws `WebhookUrlInvalid`.
 */
export function webhookUrl(text: string, insecure: boolean): string {
  if (!URL.canParse(text)) throw new WebhookUrlInvalid('is not an address')
  const url = new URL(text)
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    throw new WebhookUrlInvalid('must be http or https')
  if (!insecure && isPlainElsewhere(url.href))
    throw new WebhookUrlInvalid('must be https, or use --insecure to send events in plain text')
  if (url.username !== '' || url.password !== '') throw new WebhookUrlInvalid('must not carry credentials')
  if (url.hash !== '') throw new WebhookUrlInvalid('must not have a fragment')
  if (url.href.length > MAX_URL) throw new WebhookUrlInvalid(`has over ${MAX_URL} characters once encoded`)
  return url.href
}
