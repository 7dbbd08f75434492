import { type NativeKafka, ownKafka } from '@sallyport/native'
import { silentLogger } from '@sallyport/runtime'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { EventLogDamaged } from '../errors.ts'
import { startFold } from '../fold.ts'
import { verifyTopic } from '../index.ts'
import type { EventLog } from '../port.ts'
import { createPublisher } from '../publisher.ts'
import { collect } from '../testing/contract-readers.ts'
import { sampleEvent } from '../testing/sample-event.ts'
import { kafkaClient } from './client.ts'
import { kafkaEventLog } from './kafka-event-log.ts'

const kafka = await ownKafka()
const TOPIC = 'sallyport.control'

describe.skipIf(!kafka.available)('a topic of Kafka that was taken back', { timeout: 90_000 }, () => {
  let broker: NativeKafka
  beforeAll(async () => {
    broker = await kafka.start()
  })
  afterAll(() => broker?.stop())

  async function opened() {
    const log = kafkaEventLog({ brokers: broker.brokers, clientId: 'rewound' })
    onTestFinished(() => log.close())
    await log.ensureTopics([TOPIC])
    return log
  }

  async function publish(log: EventLog, names: readonly string[]) {
    const publisher = createPublisher({ log, producer: `p/${crypto.randomUUID()}` })
    for (const name of names) await publisher.publish(sampleEvent(name))
  }

  async function withAdmin(
    work: (admin: ReturnType<ReturnType<typeof kafkaClient>['admin']>) => Promise<unknown>,
  ) {
    const admin = kafkaClient({ brokers: broker.brokers, clientId: 'operator' }, silentLogger).admin()
    await admin.connect()
    await work(admin).finally(() => admin.disconnect())
  }

  /** Deleted and made anew, as an operator does who wants to begin again. */
  async function madeAnew(log: Awaited<ReturnType<typeof opened>>) {
    await withAdmin((admin) => admin.deleteTopics({ topics: [TOPIC] }))
    await expect
      .poll(() => log.ensureTopics([TOPIC]).then(() => 'made', String), { timeout: 20_000 })
      .toBe('made')
    await expect.poll(() => log.ends(TOPIC).catch(String), { timeout: 20_000 }).toEqual({ 0: 0 })
  }

  function folding(log: EventLog, needsAll = true) {
    const applied: string[] = []
    const fold = startFold({
      log,
      topic: TOPIC,
      needsAll,
      apply: ({ subject }) => void applied.push(subject),
    })
    onTestFinished(() => fold.stop())
    return { fold, applied }
  }

  test('deleted and made anew while it is folded: the fold ends, and nothing of the new one is applied', async () => {
    const log = await opened()
    await madeAnew(log)
    await publish(log, ['a', 'b', 'c'])
    const { fold, applied } = folding(log)
    await fold.caughtUp
    await madeAnew(log)
    await publish(log, ['x'])
    await expect.poll(() => fold.fault(), { timeout: 30_000 }).toMatch(/it ends at 1 and had come to 3/)
    expect(applied).toEqual(['a', 'b', 'c'])
  })

  test('deleted and made anew before a reader goes on where it was: the reading is refused', async () => {
    const log = await opened()
    await madeAnew(log)
    await publish(log, ['a'])
    await expect(collect(log, TOPIC, { 0: 3 }, 1)).rejects.toThrow(EventLogDamaged)
  })

  test('its head was removed: a fold that needs all of it stands, one that does not and a verification read on', async () => {
    const log = await opened()
    await madeAnew(log)
    await publish(log, ['a', 'b', 'c', 'd'])
    await withAdmin((admin) =>
      admin
        .fetchTopicOffsets(TOPIC)
        .then(() => admin.deleteTopicRecords({ topic: TOPIC, partitions: [{ partition: 0, offset: '2' }] })),
    )
    await expect.poll(() => log.offsetsAt(TOPIC, 0)).toEqual({ 0: 2 })
    const strict = folding(log)
    await expect(strict.fold.caughtUp).rejects.toThrow(/it begins at 2: the records before are not kept/)
    const lenient = folding(log, false)
    await lenient.fold.caughtUp
    expect(lenient.applied).toEqual(['c', 'd'])
    const verification = verifyTopic({ log, topic: TOPIC })
    onTestFinished(() => verification.stop())
    await verification.caughtUp()
    expect(verification.damage()).toEqual([])
    expect(verification.verified()).toBe(2)
  })

  test('taken back while it is verified: that is told, and what it has now is verified', async () => {
    const log = await opened()
    await madeAnew(log)
    await publish(log, ['a', 'b', 'c'])
    const verification = verifyTopic({ log, topic: TOPIC })
    onTestFinished(() => verification.stop())
    await verification.caughtUp()
    await madeAnew(log)
    await publish(log, ['x'])
    await expect.poll(() => verification.damage(), { timeout: 30_000 }).toMatchObject([{ kind: 'rewound' }])
  })
})
