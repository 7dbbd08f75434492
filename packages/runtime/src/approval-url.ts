import type { Variable } from './config.ts'

/** Where a person answers an approval; null where it is left out. */
export const approvalUrlVariable: Variable<string | null> = {
  name: 'SALLYPORT_APPROVAL_URL',
  describe:
    'The address where a person answers an approval, with {id} for its id; `npm start` serves a page for it',
  fallback: '',
  parse(text) {
    if (text === '') return null
    const url = text.replace('{id}', 'id')
    if (url === text || !/^https?:$/.test(URL.parse(url)?.protocol ?? ''))
      throw new Error('must be an http(s) address with {id} in it')
    return text
  },
}

/** The address of one approval; null where none is configured. */
export function approvalAddress(template: string | null, approvalId: string): string | null {
  return template === null ? null : template.replace('{id}', () => encodeURIComponent(approvalId))
}
