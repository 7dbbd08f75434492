import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { installKafka } from './kafka-install.ts'
import { installNats } from './nats-install.ts'

let root: string
let env: NodeJS.ProcessEnv
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'sallyport-test-'))
  await mkdir(join(root, 'bin'))
  env = { PATH: join(root, 'bin'), SALLYPORT_ENGINES: join(root, 'engines') }
})
afterEach(() => rm(root, { recursive: true }))

describe('a machine that cannot run Kafka says in one line what is missing and how to get it', () => {
  it('no Java', async () => {
    await expect(installKafka(env)).rejects.toThrow(
      "kafka: there is no 'java' on the PATH; install Java 17 or later (Debian: apt-get install default-jre-headless)",
    )
  })

  it('a JAVA_HOME without Java', async () => {
    await java17()
    await expect(installKafka({ ...env, JAVA_HOME: join(root, 'elsewhere') })).rejects.toThrow(
      "there is no 'java' in JAVA_HOME",
    )
  })

  it('a Java that is too old', async () => {
    await program('java', 'echo \'openjdk version "11.0.2" 2019-01-15\' >&2')
    await expect(installKafka(env)).rejects.toThrow(/bin\/java is Java 11; install Java 17 or later/)
  })

  it('no jars and no Maven', async () => {
    await java17()
    await expect(installKafka(env)).rejects.toThrow(/no 'mvn' to fetch them with; install Maven/)
  })

  it('no way to a Maven repository, and nothing half-fetched stays', async () => {
    await java17()
    await program('mvn', "echo '[ERROR] Could not transfer artifact: Unknown host'; exit 1")
    await expect(installKafka(env)).rejects.toThrow(
      /mvn could not fetch its jars \(Could not transfer artifact: Unknown host\); it needs to reach a Maven repository once/,
    )
    expect(await readdir(join(root, 'engines'))).toEqual([])
  })
})

describe('Kafka’s jars', () => {
  it('are fetched once and then found without Maven', async () => {
    await java17()
    await program('mvn', 'for last; do :; done; echo x >"$(echo "$last" | cut -d= -f2)/kafka.jar"')
    const fetched = await installKafka(env)
    await rm(join(root, 'bin/mvn'))
    expect(await installKafka(env)).toEqual(fetched)
    expect(await readdir(fetched.jars)).toEqual(['kafka.jar'])
    expect(fetched.javaVersion).toBe(17)
  })
})

it('a machine without nats-server and without apt says how to get it', async () => {
  await expect(installNats(env)).rejects.toThrow(
    /^nats: there is no nats-server on the PATH and no apt-get to unpack one with; put nats-server on the PATH/,
  )
})

function java17(): Promise<void> {
  return program('java', 'echo \'openjdk version "17.0.15" 2025-04-15\' >&2')
}

async function program(name: string, script: string): Promise<void> {
  const path = join(root, 'bin', name)
  await writeFile(path, `#!/bin/sh\n${script}\n`)
  await chmod(path, 0o755)
}
