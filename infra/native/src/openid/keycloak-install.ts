import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { enginesFolder, fetchOnce } from '../engines-folder.ts'
import { EngineMissing } from '../errors.ts'
import { findJava } from '../kafka-install.ts'
import { findProgram, runCommand } from '../run-command.ts'

/** Runs on Java 17 and later. */
export const KEYCLOAK_VERSION = '26.4.7'
const SHA256 = 'dd9834c023460be856f731423d86228c23b5d002194a2064642bec0cc6573eaa'

const ARTIFACT = `org.keycloak:keycloak-quarkus-dist:${KEYCLOAK_VERSION}:zip`
const PLUGIN = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1'

/**
 * The folder of the distribution, which is fetched with Maven the first time and compared with its known digest. It is
 * for copying: a start writes into the copy. Throws EngineMissing.
 */
export async function installKeycloak(env: NodeJS.ProcessEnv = process.env): Promise<string> {
  await findJava(env, 'keycloak')
  const name = `keycloak-${KEYCLOAK_VERSION}-${SHA256.slice(0, 8)}`
  const folder = await fetchOnce(name, (into) => fetchKeycloak(into, env), enginesFolder(env))
  return join(folder, `keycloak-${KEYCLOAK_VERSION}`)
}

async function fetchKeycloak(folder: string, env: NodeJS.ProcessEnv): Promise<void> {
  const mvn = await findProgram('mvn', env)
  if (mvn === undefined) throw missing("there is no 'mvn' to fetch it with")
  await maven(mvn, ['copy', `-Dartifact=${ARTIFACT}`, `-DoutputDirectory=${folder}`])
  const zip = await readFile(join(folder, `keycloak-quarkus-dist-${KEYCLOAK_VERSION}.zip`))
  const digest = createHash('sha256').update(zip).digest('hex')
  if (digest !== SHA256) throw missing(`what was fetched is not what is known as ${KEYCLOAK_VERSION}`)
  await maven(mvn, ['unpack', `-Dartifact=${ARTIFACT}`, `-DoutputDirectory=${folder}`])
}

async function maven(mvn: string, [goal, ...options]: readonly [string, ...string[]]): Promise<void> {
  // In a folder without a project: the goals need none.
  const args = ['-q', '-B', '-C', `${PLUGIN}:${goal}`, ...options]
  const { ok, output } = await runCommand(mvn, args, enginesFolder())
  if (!ok) throw missing(`mvn could not fetch it (${output.trim().slice(0, 200)})`)
}

function missing(what: string): EngineMissing {
  return new EngineMissing('keycloak', what, 'install Maven and try again with a network')
}
