import { BATCHES, type HostileBody, NOT_STRICT, SHAPELESS } from '@sallyport/jsonrpc/testing'
import {
  DETOURS,
  ENCODINGS,
  FRAMES,
  LIES,
  MEDIA_TYPES,
  ODD_FRAMES,
  STRANGERS,
  type Trick,
} from './http-tricks.ts'
import { post } from './requests.ts'

export interface Family {
  readonly title: string
  /** Whether each refusal is in the record. A request of a known gateway is; a request of an unknown sender is not. */
  readonly recorded: boolean
  readonly tricks: readonly Trick[]
}

export const FAMILIES: readonly Family[] = [
  {
    title: 'bodies that parsers read differently',
    recorded: true,
    tricks: NOT_STRICT.map(bodied('SP_JSON_NOT_STRICT')),
  },
  { title: 'JSON that is not a message', recorded: true, tricks: SHAPELESS.map(bodied('-32600')) },
  {
    title: 'batches',
    recorded: true,
    tricks: BATCHES.map((body) => bodied('SP_JSONRPC_BATCH')([body.slice(0, 80), body, ''])),
  },
  { title: 'media types', recorded: true, tricks: MEDIA_TYPES },
  { title: 'content encodings', recorded: true, tricks: ENCODINGS },
  { title: 'headers that lie', recorded: true, tricks: LIES },
  { title: 'odd frames', recorded: true, tricks: ODD_FRAMES },
  { title: 'broken frames', recorded: false, tricks: FRAMES },
  { title: 'strangers', recorded: false, tricks: STRANGERS },
  { title: 'detours', recorded: false, tricks: DETOURS },
]

function bodied(code: string): (body: HostileBody) => Trick {
  return ([what, body]) => ({ what, code, request: (aim) => post(aim, body) })
}
