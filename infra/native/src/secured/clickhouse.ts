import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { connect } from 'node:tls'
import { debianProgram } from '../debian-package.ts'
import { type EngineProcess, startEngineProcess } from '../engine-process.ts'
import { freePort } from '../free-port.ts'
import type { Authority } from './authority.ts'

export interface SecuredClickHouse {
  /** `https://127.0.0.1:PORT/default` */
  readonly url: string
  stop(): Promise<void>
}

/** Debian's server of 2018: too old for the tables, and a real one for TLS and users. Throws EngineMissing without it. */
export function oldClickHouse() {
  return debianProgram({
    engine: 'clickhouse',
    name: 'clickhouse-server',
    path: 'usr/sbin/clickhouse-server',
  })
}

/** A server that takes TLS alone, with one user. `folder` takes all its files. */
export async function startSecuredClickHouse(
  authority: Authority,
  folder: string,
  user: { readonly name: string; readonly password: string },
): Promise<SecuredClickHouse> {
  const { program, env } = await oldClickHouse()
  const { cert, key } = await authority.issue('clickhouse-server')
  const port = await freePort()
  const within = (name: string) => join(folder, 'clickhouse', name)
  for (const name of ['data', 'tmp', 'formats']) await mkdir(within(name), { recursive: true })
  const tls = {
    certificateFile: cert,
    privateKeyFile: key,
    caConfig: authority.ca,
    verificationMode: 'none',
    loadDefaultCAFile: 'false',
  }
  const config = {
    listen_host: '127.0.0.1',
    https_port: String(port),
    logger: '<level>warning</level><console>1</console>',
    path: `${within('data')}/`,
    tmp_path: `${within('tmp')}/`,
    format_schema_path: `${within('formats')}/`,
    users_config: within('users.xml'),
    default_profile: 'default',
    default_database: 'default',
    mark_cache_size: '5368709',
    openSSL: `<server>${xml(tls)}</server>`,
  }
  const hash = createHash('sha256').update(user.password).digest('hex')
  const account = `<password_sha256_hex>${hash}</password_sha256_hex><networks><ip>127.0.0.1</ip></networks>`
  const quota = '<interval><duration>3600</duration></interval>'
  const users = `<profiles><default/></profiles><quotas><default>${quota}</default></quotas>
<users><${user.name}>${account}<profile>default</profile><quota>default</quota></${user.name}></users>`
  await writeFile(within('users.xml'), `<yandex>${users}</yandex>`, { mode: 0o600 })
  await writeFile(within('config.xml'), `<yandex>${xml(config)}</yandex>`, { mode: 0o600 })
  const ca = await readFile(authority.ca)
  const running: EngineProcess = await startEngineProcess({
    name: 'clickhouse',
    command: program,
    args: [`--config-file=${within('config.xml')}`],
    environment: env,
    logFile: within('log'),
    readyWithin: 30_000,
    async probe() {
      const socket = connect({ port, host: '127.0.0.1', ca })
      try {
        await once(socket, 'secureConnect', { signal: AbortSignal.timeout(1000) })
      } finally {
        socket.destroy()
      }
    },
  })
  return { url: `https://127.0.0.1:${port}/default`, stop: running.stop }
}

function xml(members: Readonly<Record<string, string>>): string {
  return Object.entries(members)
    .map(([name, value]) => `<${name}>${value}</${name}>`)
    .join('')
}
