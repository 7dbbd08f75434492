/** `npm run engines -w infra/native`: gets every native engine once, so that later starts need no network. */
import { messageOf } from '@sallyport/runtime'
import { enginesFolder } from './engines-folder.ts'
import { installKafka } from './kafka-install.ts'
import { installNats } from './nats-install.ts'

const described = {
  kafka: async () => {
    const { version, javaVersion, jars } = await installKafka()
    return `Kafka ${version} (java ${javaVersion}) in ${jars}`
  },
  nats: async () => {
    const { version, server } = await installNats()
    return `NATS ${version} at ${server}`
  },
}

console.log(`engines are kept in ${enginesFolder()}`)
for (const [engine, install] of Object.entries(described)) {
  try {
    console.log(`engine ${engine}: ${await install()}`)
  } catch (error) {
    console.error(`engine ${messageOf(error)}`)
    process.exitCode = 1
  }
}
