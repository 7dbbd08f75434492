import { runProcess } from '@sallyport/runtime'
import { startKafka } from '../kafka.ts'
import { startNats } from '../nats.ts'
import { startFleet } from './fleet.ts'

const say = (line: string) => console.log(line)

/** `npm run fleet`: Kafka, NATS and the fleet on this machine, until Ctrl-C. Nothing is kept. */
await runProcess(() => {
  const running: { stop(): Promise<void> }[] = []
  return {
    async start() {
      const kafka = await startKafka({ log: say })
      running.push(kafka)
      const nats = await startNats({ log: say })
      running.push(nats)
      const fleet = await startFleet({
        kafkaBrokers: kafka.brokers.join(','),
        natsUrl: nats.url,
        proxyPort: 8080,
        apiPort: 8081,
        log: say,
      })
      running.push(fleet)
      say('')
      say(`Sallyport's fleet is ready: ${fleet.processes.size} processes on Kafka and NATS.`)
      say(`  agents   ${fleet.proxy}/mcp/<upstream>   (balanced over ${fleet.proxies.length} proxies)`)
      say(`  people   ${fleet.api}   (documents at /docs)`)
      say('')
      say('In another terminal:')
      say(`  export SALLYPORT_URL=${fleet.api} SALLYPORT_TOKEN=${fleet.adminToken}`)
      say(`  npx sallyport demo --proxy ${fleet.proxy}`)
    },
    async stop() {
      for (const part of running.reverse()) await part.stop()
    },
  }
})
