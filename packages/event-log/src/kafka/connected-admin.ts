import type { Admin, Kafka } from 'kafkajs'

/** One connection for questions to the cluster, made when the first is asked, and anew where that failed. */
export class ConnectedAdmin {
  readonly #kafka: Kafka
  #connected: Promise<Admin> | undefined

  constructor(kafka: Kafka) {
    this.#kafka = kafka
  }

  get(): Promise<Admin> {
    this.#connected ??= this.#connect()
    return this.#connected
  }

  /** The next question is asked over a new connection. */
  async renew(): Promise<void> {
    const before = this.#connected
    this.#connected = undefined
    const admin = await before?.catch(() => undefined)
    await admin?.disconnect().catch(() => {})
  }

  async close(): Promise<void> {
    const admin = await this.#connected?.catch(() => undefined)
    await admin?.disconnect()
  }

  async #connect(): Promise<Admin> {
    const admin = this.#kafka.admin()
    try {
      await admin.connect()
      return admin
    } catch (reason) {
      this.#connected = undefined
      await admin.disconnect()
      throw reason
    }
  }
}
