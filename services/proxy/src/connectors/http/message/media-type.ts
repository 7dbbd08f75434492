/** The registered types, and what servers took for JSON before there were any. */
const JSON_TYPE = /^(?:(?:application|text)\/(?:x-)?json|application\/[a-z0-9!#$&^_.-]+\+json)$/
const UTF_8 = /^charset=(?:utf-8|"utf-8")$/

/**
 * Whether a body of this type is read as JSON: one of the JSON types, in UTF-8, and not compressed. Every other body
 * goes on as it is, unread.
 */
export function isJson(contentType: string | undefined, contentEncoding: string | undefined): boolean {
  if (contentType === undefined) return false
  if (contentEncoding !== undefined && contentEncoding.toLowerCase() !== 'identity') return false
  const [type = '', ...parameters] = contentType
    .toLowerCase()
    .split(';')
    .map((part) => part.trim())
  const charsets = parameters.filter((parameter) => parameter.startsWith('charset'))
  return JSON_TYPE.test(type) && charsets.every((charset) => UTF_8.test(charset))
}
