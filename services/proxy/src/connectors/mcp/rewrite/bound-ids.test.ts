import { createSecretKey, randomBytes } from 'node:crypto'
import type { Gateway, Upstream } from '@sallyport/control'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { BoundIds, type IdKind, idOf, idText, type Party } from './bound-ids.ts'

const ids = new BoundIds(createSecretKey(randomBytes(32)))
const kind = fc.constantFrom<IdKind>('request', 'asked', 'event', 'cancelled')
const text = fc.string({ unit: 'grapheme' })
// Few and short names, so that one place is often the beginning of another.
const name = fc.stringMatching(/^[a-c0-2 -]{0,4}$/)
const party = fc.record({ gateway: name, upstream: name, session: fc.option(name) }).map(
  ({ gateway, upstream, session }): Party => ({
    gateway: { id: gateway } as Gateway,
    upstream: { name: upstream } as Upstream,
    session: session === null ? null : { id: session },
  }),
)

test('an id is good where it was bound and nowhere else', () => {
  fc.assert(
    fc.property(kind, party, kind, party, text, (boundAs, one, openedAs, other, id) => {
      const bound = ids.bind(boundAs, one, id)
      expect(ids.open(boundAs, one, bound)).toBe(id)
      const same = boundAs === openedAs && JSON.stringify(one) === JSON.stringify(other)
      expect(ids.open(openedAs, other, bound)).toBe(same ? id : undefined)
    }),
  )
})

test('an id that was made up or changed is good nowhere', () => {
  fc.assert(
    fc.property(
      kind,
      party,
      text,
      fc.oneof(text, fc.integer(), fc.constant(null)),
      (as, where, id, madeUp) => {
        expect(ids.open(as, where, madeUp)).toBeUndefined()
        expect(ids.open(as, where, `${ids.bind(as, where, id)}x`)).toBeUndefined()
        expect(
          new BoundIds(createSecretKey(randomBytes(32))).open(as, where, ids.bind(as, where, id)),
        ).toBeUndefined()
      },
    ),
  )
})

test('every JSON-RPC id comes back as what it was, text as text and number as number', () => {
  fc.assert(
    fc.property(fc.oneof(text, fc.maxSafeInteger()), (id) => {
      expect(idOf(idText(id))).toBe(id)
    }),
  )
})
