import { type EncodedEvent, GENESIS_HASH, MalformedEvent, recordHash } from '@sallyport/events'

/** Events of one producer that are not as they were written. */
export interface ChainGap {
  readonly topic: string
  readonly producer: string
  readonly epoch: number
  /** The first and the last event concerned; null where only a hash of the lost event is known. */
  readonly seq: number | null
  readonly through: number | null
  /** `altered`: the event is there and its successor names another hash. `forked`: two events claim one place. */
  readonly why: 'missing' | 'altered' | 'forked'
}

interface Link {
  readonly seq: number
  readonly hash: string
  readonly prevHash: string
}

interface Chain {
  readonly topic: string
  readonly producer: string
  readonly epochs: Map<number, Map<number, Link>>
  readonly forks: ChainGap[]
}

/**
 * Checks the whole history of its producers, in any order and with any repeats; returns what is missing. Events
 * removed from the end of a producer's last epoch leave no trace here. Throws `MalformedEvent` for a record
 * without a stamp.
 */
export function verifyChain(records: Iterable<EncodedEvent & { readonly topic: string }>): ChainGap[] {
  const chains = new Map<string, Chain>()
  for (const record of records) addTo(chains, record)
  return [...chains.values()].flatMap((chain) => [...chain.forks, ...gapsOf(chain)])
}

function addTo(chains: Map<string, Chain>, record: EncodedEvent & { readonly topic: string }): void {
  const { topic, headers } = record
  const { ce_producer: producer, ce_prevhash: prevHash } = headers
  const epoch = Number(headers['ce_epoch'])
  const seq = Number(headers['ce_seq'])
  if (!producer || !prevHash || !Number.isSafeInteger(epoch) || !Number.isSafeInteger(seq)) {
    throw new MalformedEvent('it has no stamp')
  }
  const name = JSON.stringify([topic, producer])
  const chain: Chain = chains.get(name) ?? { topic, producer, epochs: new Map(), forks: [] }
  chains.set(name, chain)
  const links = chain.epochs.get(epoch) ?? new Map<number, Link>()
  chain.epochs.set(epoch, links)
  const link = { seq, prevHash, hash: recordHash(record) }
  const known = links.get(seq)
  if (known && known.hash !== link.hash) {
    chain.forks.push({ topic, producer, epoch, seq, through: seq, why: 'forked' })
  }
  links.set(seq, link)
}

function gapsOf({ topic, producer, epochs }: Chain): ChainGap[] {
  const gaps: ChainGap[] = []
  const earlier = new Set([GENESIS_HASH])
  let last = 0
  for (const [epoch, links] of [...epochs].sort(([a], [b]) => a - b)) {
    const gap = (seq: number | null, through: number | null, why: ChainGap['why']) =>
      gaps.push({ topic, producer, epoch, seq, through, why })
    let before: Link | undefined
    for (const link of [...links.values()].sort((a, b) => a.seq - b.seq)) {
      const expected = before ? before.seq + 1 : 0
      if (link.seq > expected) gap(expected, link.seq - 1, 'missing')
      else if (before && link.prevHash !== before.hash) gap(before.seq, before.seq, 'altered')
      else if (!before && !earlier.has(link.prevHash)) {
        gaps.push({ topic, producer, epoch: last, seq: null, through: null, why: 'missing' })
      }
      before = link
    }
    for (const { hash } of links.values()) earlier.add(hash)
    last = epoch
  }
  return gaps
}
