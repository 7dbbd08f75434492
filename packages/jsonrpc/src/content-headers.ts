import { ContentEncodingRefused, ContentTypeRefused } from './errors.ts'

const JSON_UTF8 = /^[ \t]*application\/json[ \t]*(?:;[ \t]*charset=(?:utf-8|"utf-8")[ \t]*)?$/i

/** Throws ContentTypeRefused unless the header says application/json with charset utf-8 or none. */
export function checkContentType(header: string | undefined): void {
  if (header === undefined || !JSON_UTF8.test(header)) throw new ContentTypeRefused()
}

/** Throws ContentEncodingRefused for a compressed body: servers inflate what we would not have read. */
export function checkContentEncoding(header: string | undefined): void {
  if (header !== undefined && !/^[ \t]*identity[ \t]*$/i.test(header)) throw new ContentEncodingRefused()
}
