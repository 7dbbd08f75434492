import { connect } from 'nats'
import { beforeAll, describe, expect, it } from 'vitest'
import { engine } from './index.ts'

const nats = await engine('nats')

describe.skipIf(!nats.available)('the shared NATS server', () => {
  let url: string
  beforeAll(async () => {
    url = (await nats.start()).url
  })

  it('answers whoever asked for it', async () => {
    const connection = await connect({ servers: url })
    await expect(connection.flush()).resolves.toBeUndefined()
    await connection.close()
  })
})
