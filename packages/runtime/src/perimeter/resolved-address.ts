import { type LookupAddress, type LookupOptions, lookup } from 'node:dns'
import type { LookupFunction } from 'node:net'
import { type Perimeter, refuseUnlisted } from './perimeter.ts'

/**
 * Resolves names for sockets, and in production refuses those that resolve to a private address which nobody listed: a
 * name that was public when it was registered may say something else now. Of a listed name every address is taken.
 * Undefined in development, where sockets resolve names by themselves. Literal addresses never come here.
 */
export function lookupWithin(perimeter: Perimeter): LookupFunction | undefined {
  if (perimeter.mode !== 'production') return undefined
  return (hostname, options, done) => {
    lookup(hostname, { ...options, all: true } as LookupOptions & { all: true }, (failure, found) => {
      if (failure) return done(failure, '')
      try {
        if (!perimeter.privateAddresses.has(hostname))
          for (const { address } of found) refuseUnlisted(perimeter, address)
      } catch (refusal) {
        return done(refusal as Error, '')
      }
      const [first] = found as [LookupAddress, ...LookupAddress[]]
      if (options.all) done(null, found)
      else done(null, first.address, first.family)
    })
  }
}
