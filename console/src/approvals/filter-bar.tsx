import { ToggleGroup, ToggleGroupItem } from '@radix-ui/react-toggle-group'
import type { RefObject } from 'react'
import type { Approval } from '../api/types.ts'
import { AGES, type Age, countsByAge, type Filter, filterOf, RISKS, type Risk } from './filter.ts'

const AGE_WORDS: Readonly<Record<Age, string>> = {
  fresh: 'under 5 min',
  minutes: '5 to 30 min',
  hour: '30 min to 2 h',
  old: 'over 2 h',
}

interface FilterBarProps {
  readonly filter: Filter
  readonly pending: readonly Approval[]
  readonly now: number
  readonly search: RefObject<HTMLInputElement | null>
  readonly onChange: (filter: Filter) => void
}

/** Which calls are listed. */
export function FilterBar({ filter, pending, now, search, onChange }: FilterBarProps) {
  const { text, risk, age, show } = filter
  const counts = countsByAge(pending, filter, now)
  /** The filter with one part of it set anew; without it where it is empty. */
  const withPart = (name: keyof Filter, value: string): Filter => filterOf({ ...filter, [name]: value })
  return (
    <search className="filters">
      <ToggleGroup
        type="single"
        aria-label="Which"
        value={show ?? 'waiting'}
        onValueChange={(value) => onChange(withPart('show', value === 'ended' ? 'ended' : ''))}
      >
        <ToggleGroupItem value="waiting">Waiting</ToggleGroupItem>
        <ToggleGroupItem value="ended">Answered and ended</ToggleGroupItem>
      </ToggleGroup>
      <input
        ref={search}
        type="search"
        aria-label="Search by agent, server, action or rule"
        placeholder="agent, server, action, rule"
        value={text ?? ''}
        onChange={({ target }) => onChange(withPart('text', target.value))}
      />
      <ToggleGroup
        type="single"
        aria-label="Risk"
        value={risk ?? ''}
        onValueChange={(value: Risk | '') => onChange(withPart('risk', value))}
      >
        {RISKS.map((one) => (
          <ToggleGroupItem key={one} value={one}>
            {one}
          </ToggleGroupItem>
        ))}
      </ToggleGroup>
      {show !== 'ended' && (
        <ToggleGroup
          type="single"
          aria-label="How long they have waited"
          value={age ?? ''}
          onValueChange={(value: Age | '') => onChange(withPart('age', value))}
        >
          {AGES.map((one) => (
            <ToggleGroupItem key={one} value={one}>
              {AGE_WORDS[one]} <b data-age={one}>{counts[one]}</b>
            </ToggleGroupItem>
          ))}
        </ToggleGroup>
      )}
    </search>
  )
}
