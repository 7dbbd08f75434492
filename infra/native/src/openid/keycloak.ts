import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startEngineProcess } from '../engine-process.ts'
import { freePort } from '../free-port.ts'
import { installKeycloak } from './keycloak-install.ts'

export interface Keycloak {
  /** Of the realm that was imported. */
  readonly issuer: string
  stop(): Promise<void>
}

/**
 * A real Keycloak in development mode, alone and with its data in memory, with one realm from its export. It never
 * outlives this process. Throws EngineMissing or EngineFailed.
 */
export async function startKeycloak(realm: { readonly realm: string }): Promise<Keycloak> {
  const folder = await mkdtemp(join(tmpdir(), 'sallyport-keycloak-'))
  const home = join(folder, 'home')
  const port = await freePort()
  await cp(await installKeycloak(), home, { recursive: true })
  await mkdir(join(home, 'data/import'), { recursive: true })
  await writeFile(join(home, 'data/import/realm.json'), JSON.stringify(realm))
  // Another site than Sallyport's 127.0.0.1: what comes back from it is cross-site for the browser.
  const issuer = `http://localhost:${port}/realms/${realm.realm}`
  const engine = await startEngineProcess({
    name: 'keycloak',
    command: '/bin/bash',
    args: [
      join(home, 'bin/kc.sh'),
      ...['start-dev', '--import-realm', '--db=dev-mem', '--http-host=localhost', `--http-port=${port}`],
    ],
    environment: { JAVA_OPTS_KC_HEAP: '-Xms64m -Xmx512m' },
    logFile: join(folder, 'keycloak.log'),
    discard: folder,
    async probe() {
      const response = await fetch(`${issuer}/.well-known/openid-configuration`)
      await response.body?.cancel()
      if (!response.ok) throw new Error(`it answers ${response.status}`)
    },
    readyWithin: 300_000,
  })
  return {
    issuer,
    async stop() {
      await engine.kill9()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
