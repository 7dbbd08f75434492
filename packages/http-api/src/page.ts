import { type TSchema, Type } from 'typebox'
import { decodeCursor, encodeCursor } from './cursor.ts'

export const DEFAULT_LIMIT = 50
export const MAX_LIMIT = 500

/** `?limit=&cursor=` of every list; spread it into a route's own query. */
export const pageQuery = {
  limit: Type.Integer({ minimum: 1, maximum: MAX_LIMIT, default: DEFAULT_LIMIT }),
  cursor: Type.Optional(Type.String({ minLength: 1, maxLength: 2048 })),
}
export const PageQuery = Type.Object(pageQuery, { additionalProperties: false })

/** A page of a list; `next` is the cursor of the page after it, or null at the end. */
export const ListOf = <T extends TSchema>(item: T) =>
  Type.Object({ items: Type.Array(item), next: Type.Union([Type.String(), Type.Null()]) })

export interface Page<T> {
  readonly items: T[]
  readonly next: string | null
}

/**
 * The page of a list held in memory, in the order of a text key that never changes. So an item that is added or
 * removed while a caller pages never makes the caller skip or repeat another.
 */
export function pageOf<T>(
  items: Iterable<T>,
  keyOf: (item: T) => string,
  query: { readonly limit: number; readonly cursor?: string | undefined },
): Page<T> {
  const after = query.cursor === undefined ? undefined : decodeCursor(query.cursor, isText)
  const rest = [...items]
    .map((item) => ({ key: keyOf(item), item }))
    .filter(({ key }) => after === undefined || key > after)
    .sort((a, b) => (a.key < b.key ? -1 : 1))
  const taken = rest.slice(0, query.limit)
  const last = taken.at(-1)
  return {
    items: taken.map(({ item }) => item),
    next: last && rest.length > taken.length ? encodeCursor(last.key) : null,
  }
}

function isText(place: unknown): place is string {
  return typeof place === 'string'
}
