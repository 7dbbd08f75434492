import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { enginesFolder, fetchOnce, isFetched } from './engines-folder.ts'
import { EngineMissing } from './errors.ts'
import { findProgram, runCommand } from './run-command.ts'

/** What a broker is started from: `jars` is the class path's folder. */
export interface KafkaInstall {
  readonly java: string
  readonly javaVersion: number
  readonly jars: string
  readonly version: string
}

const pom = join(import.meta.dirname, '../kafka/pom.xml')
const oldestJava = 17
const goal = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies'

/**
 * Finds Java, and the broker's jars, which are fetched with Maven the first time. Throws EngineMissing saying what
 * is not there: no Java, one that is too old, no jars and no Maven, or no way to Maven's repository.
 */
export async function installKafka(env: NodeJS.ProcessEnv = process.env): Promise<KafkaInstall> {
  const { java, javaVersion } = await findJava(env, 'kafka')
  const text = await readFile(pom, 'utf8')
  const version = /<kafka.version>([^<]+)</.exec(text)?.[1] ?? 'unknown'
  const name = `kafka-${version}-${createHash('sha256').update(text).digest('hex').slice(0, 8)}`
  const root = enginesFolder(env)
  const mvn = await findProgram('mvn', env)
  if (mvn === undefined && !(await isFetched(name, root))) {
    throw new EngineMissing(
      'kafka',
      "its jars were not fetched yet and there is no 'mvn' to fetch them with",
      'install Maven (Debian: apt-get install maven) and run: npm run engines -w infra/native',
    )
  }
  const jars = await fetchOnce(name, (folder) => fetchJars(mvn ?? 'mvn', folder), root)
  return { java, javaVersion, jars, version }
}

/** Java of the oldest release that our engines take, or later. Throws EngineMissing. */
export async function findJava(
  env: NodeJS.ProcessEnv,
  engine: string,
): Promise<{ java: string; javaVersion: number }> {
  const home = env['JAVA_HOME']
  const java = await findProgram('java', home ? { PATH: join(home, 'bin') } : env)
  const remedy = `install Java ${oldestJava} or later (Debian: apt-get install default-jre-headless)`
  if (java === undefined) {
    throw new EngineMissing(engine, `there is no 'java' ${home ? 'in JAVA_HOME' : 'on the PATH'}`, remedy)
  }
  const { output } = await runCommand(java, ['-version'])
  const javaVersion = Number(/version "(\d+)/.exec(output)?.[1] ?? 0)
  if (javaVersion < oldestJava) {
    throw new EngineMissing(engine, `${java} is Java ${javaVersion || 'of no known version'}`, remedy)
  }
  return { java, javaVersion }
}

async function fetchJars(mvn: string, folder: string): Promise<void> {
  const { ok, output } = await runCommand(mvn, ['-q', '-B', '-f', pom, goal, `-DoutputDirectory=${folder}`])
  if (ok) return
  const why =
    /Could not transfer [^\n]*|Unknown host [^\n]*/.exec(output)?.[0] ??
    /\[ERROR\] (.*)/.exec(output)?.[1] ??
    output
  throw new EngineMissing(
    'kafka',
    `mvn could not fetch its jars (${why.slice(0, 200)})`,
    'it needs to reach a Maven repository once; try again with a network: npm run engines -w infra/native',
  )
}
