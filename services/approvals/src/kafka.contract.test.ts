import { callDigest } from '@sallyport/approval'
import { kafkaEventLog } from '@sallyport/event-log/kafka'
import { TOPICS } from '@sallyport/events'
import { engine } from '@sallyport/native'
import { silentLogger } from '@sallyport/runtime'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Instance, NO_CONTROL, request, startInstance, vote } from './testing/instance.ts'
import { manualTime } from './testing/manual-time.ts'

const kafka = await engine('kafka')

/** Calls of their own for each run: the broker may be shared, and what is open there attaches. */
const ownRequest = (args: string) => {
  const { binding, ...facts } = request(args)
  return { ...facts, binding: { ...binding, gatewayId: `gw-${process.pid}` } }
}

describe.skipIf(!kafka.available)('two instances on one Kafka', () => {
  const time = manualTime(Date.now())
  const instances: Instance[] = []
  let stop = async () => {}

  beforeAll(async () => {
    const broker = await kafka.start()
    stop = () => broker.stop()
    const brokers = broker.url.split(',')
    await Promise.all(
      ['first', 'second'].map(async (name) => {
        const log = kafkaEventLog({ brokers, clientId: name, logger: silentLogger })
        await log.ensureTopics([TOPICS.approvals])
        instances.push(await startInstance(log, time, undefined, NO_CONTROL))
      }),
    )
  })

  afterAll(async () => {
    for (const { service, log } of instances) {
      await service.stop()
      await log.close()
    }
    await stop()
  })

  const both = (): [Instance, Instance] => {
    const [first, second] = instances
    if (!first || !second) throw new Error('the instances did not start')
    return [first, second]
  }

  test('agree on calls that lie in different partitions, and let one claim of each win', async () => {
    const [first, second] = both()
    await Promise.all(
      '0123456789abcdef'.split('').map(async (args) => {
        const wanted = ownRequest(args)
        const { approvalId } = await first.service.point.requestApproval(wanted)
        expect(await second.service.point.requestApproval(wanted)).toMatchObject({
          approvalId,
          attached: true,
        })
        const answers = await Promise.allSettled([
          vote(first, approvalId, 'approve', 'dana'),
          vote(second, approvalId, 'approve', 'omar'),
        ])
        expect(answers.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
        const claims = await Promise.all(
          instances.map(({ service }, index) =>
            service.point.claimApproval({
              approvalId,
              callDigest: callDigest(wanted.binding),
              actionId: `act-${index}`,
              claimant: `proxy/${index}`,
            }),
          ),
        )
        expect(claims.map(({ claimed }) => claimed).sort()).toEqual([false, true])
        expect(claims[0]?.state).toMatchObject({ status: 'consumed' })
      }),
    )
  })

  test('an instance that starts later has what was open, and answers it', async () => {
    const [first] = both()
    const { approvalId } = await first.service.point.requestApproval(ownRequest('7'))
    const third = await startInstance(first.log, time, undefined, NO_CONTROL)
    try {
      expect(await third.service.point.getApprovals([approvalId])).toMatchObject([{ status: 'pending' }])
      await vote(third, approvalId, 'deny')
      await expect(vote(first, approvalId, 'approve', 'omar')).rejects.toThrow(/denied by dana/)
    } finally {
      await third.service.stop()
    }
  })
})
