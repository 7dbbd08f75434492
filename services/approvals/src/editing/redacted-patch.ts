import { redact } from '@sallyport/inspection'
import type { ExactJson, PatchOperation } from '@sallyport/jsonrpc'
import { pointerKeys } from '@sallyport/runtime'

/** A patch is told whole where it is as long as people write them. */
const MOST_BYTES = 48_000
const LEAST_BYTES = 256

/** A patch as it may be recorded: JSON text, with secrets masked, those too that only their key tells, and long values cut. */
export function redactedPatch(operations: readonly PatchOperation[]): string {
  const bytes = Math.max(LEAST_BYTES, Math.floor(MOST_BYTES / Math.max(1, operations.length)))
  return JSON.stringify(
    operations.map((operation) => {
      const path = redact(operation.path, { bytes: 1024 }).value
      if (operation.op === 'remove') return { op: operation.op, path }
      return { op: operation.op, path, value: redactedAt(operation, bytes) }
    }),
  )
}

/** Looked at where it will stand: a key above it may say that it is a secret. */
function redactedAt(
  { path, value }: { readonly path: string; readonly value: ExactJson },
  bytes: number,
): unknown {
  const keys = (pointerKeys(path) ?? []).slice(-DEEPEST)
  const placed = keys.reduceRight<ExactJson>((inner, key) => Object.fromEntries([[key, inner]]), value)
  let found: unknown = redact(placed, { bytes }).value
  for (const _ of keys) found = typeof found === 'object' && found !== null ? Object.values(found)[0] : found
  return found
}

/** Beyond so many levels a copy keeps nothing. */
const DEEPEST = 8
