import { canonicalJson, sha256Hex } from '@sallyport/runtime'
import type { Upstream } from './state.ts'

const known = new WeakMap<Upstream, string>()

/**
 * SHA-256 (hex) of what is registered: which upstream it is, where calls go and with which credential. A name can be
 * given to another upstream. An approval for the first, or a session with it, must not reach the second.
 */
export function upstreamDigest(upstream: Upstream): string {
  const before = known.get(upstream)
  if (before !== undefined) return before
  const { id, name, connector, target, credential, metaKeys = [], insecure } = upstream
  // Without any of these the digest is the one that records of earlier releases have.
  const keys = metaKeys.length === 0 ? {} : { metaKeys: [...metaKeys].sort() }
  const allowed = insecure ? { insecure } : {}
  const digest = sha256Hex(canonicalJson({ id, name, connector, target, credential, ...keys, ...allowed }))
  known.set(upstream, digest)
  return digest
}
