import { loadSync, type PackageDefinition } from '@grpc/proto-loader'
import { PROTO_FOLDER, protoFiles } from './proto-files.ts'

/**
 * What two releases must agree on: of each message its fields by number, of each enum its values by number, of each
 * service its methods. Each is told as one line of text.
 */
export type ProtoShape = Readonly<Record<string, Readonly<Record<string, string>>>>

interface Field {
  readonly name: string
  readonly number: number
  readonly label: string
  readonly type: string
  readonly typeName: string
}

interface Descriptor {
  readonly field?: readonly Field[]
  readonly value?: readonly { readonly name: string; readonly number: number }[]
}

/** The shape of the protos in a folder. */
export function protoShape(folder = PROTO_FOLDER): ProtoShape {
  const loaded: PackageDefinition = loadSync(protoFiles(folder), { includeDirs: [folder] })
  const shape: Record<string, Record<string, string>> = {}
  for (const name of Object.keys(loaded).sort()) {
    const definition = loaded[name]
    if (definition === undefined) continue
    shape[name] = 'format' in definition ? partsOf(definition.type as Descriptor) : methodsOf(definition)
  }
  return shape
}

function partsOf({ field = [], value = [] }: Descriptor): Record<string, string> {
  const fields = field.map(({ name, number, label, type, typeName }) => [
    String(number),
    [name, label, type, typeName].filter((part) => part !== '').join(' '),
  ])
  return Object.fromEntries([...fields, ...value.map(({ name, number }) => [String(number), name])])
}

type ServiceMethods = Exclude<PackageDefinition[string], { readonly format: string }>

function methodsOf(service: ServiceMethods): Record<string, string> {
  return Object.fromEntries(
    Object.entries(service).map(
      ([name, { path, requestStream, responseStream, requestType, responseType }]) => {
        const asked = `${requestStream ? 'stream ' : ''}${nameOf(requestType)}`
        const told = `${responseStream ? 'stream ' : ''}${nameOf(responseType)}`
        return [name, `${path} (${asked}) returns (${told})`]
      },
    ),
  )
}

function nameOf({ type }: { readonly type: object }): string {
  return (type as { readonly name: string }).name
}

/**
 * The parts of `before` that are gone or differ. A peer that speaks `before` and one that speaks `now` would misread
 * each other.
 */
export function breaksOf(before: ProtoShape, now: ProtoShape): string[] {
  return Object.entries(before).flatMap(([name, parts]) =>
    Object.entries(parts).flatMap(([key, was]) => {
      const is = now[name]?.[key]
      if (is === was) return []
      return [`${name} ${key}: was "${was}" and is ${is === undefined ? 'gone' : `"${is}"`}`]
    }),
  )
}
