import { expect, it } from 'vitest'
import { rank } from './rendezvous.ts'

const instances = ['10.0.0.1:8082', '10.0.0.2:8082', '10.0.0.3:8082'].map((name) => ({ name }))
const keys = Array.from({ length: 3000 }, (_, index) => `default/agent-${index}`)
const firstOf = (key: string, from = instances) => rank(key, from)[0]?.name

it('every caller ranks alike, in whatever order it knows the instances', () => {
  for (const key of keys) expect(firstOf(key, [...instances].reverse())).toBe(firstOf(key))
})

it('losing an instance moves only the keys it had', () => {
  const [lost, ...left] = instances
  for (const key of keys.filter((each) => firstOf(each) !== lost?.name))
    expect(firstOf(key, left)).toBe(firstOf(key))
})

it('keys spread over the instances within a fifth of their even share', () => {
  const counts = Map.groupBy(keys, (key) => firstOf(key))
  for (const { name } of instances) {
    expect(counts.get(name)?.length).toBeGreaterThan(800)
    expect(counts.get(name)?.length).toBeLessThan(1200)
  }
})
