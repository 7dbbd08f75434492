import { Argument, Command } from 'commander'
import { example } from '../example.ts'
import { addNames } from './completion-names.ts'

const SHELLS = ['bash', 'zsh', 'fish', 'powershell']

/** The script reads the words with a function of the package bash-completion, which macOS and small images lack. */
const BASH_WORDS = `declare -F _get_comp_words_by_ref >/dev/null || _get_comp_words_by_ref() {
    words=("\${COMP_WORDS[@]}") cword=$COMP_CWORD
    cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD - 1]}
}
`

/** `sallyport completion SHELL`: prints the script by which a shell completes commands, flags and their words. */
export function completionCommand(programOf: () => Command): Command {
  return example(
    new Command('completion')
      .description('prints the script by which a shell completes sallyport')
      .addArgument(new Argument('<shell>', 'which shell').choices(SHELLS)),
    'sallyport completion bash >> ~/.bashrc',
    'sallyport completion zsh > ~/.sallyport-completion.zsh   # and: source it in ~/.zshrc',
    'sallyport completion fish > ~/.config/fish/completions/sallyport.fish',
  ).action(async (shell: string) => {
    if (shell === 'bash') process.stdout.write(BASH_WORDS)
    ;(await completionOf(programOf)).setup('sallyport', 'sallyport', shell)
  })
}

/** The question that those scripts ask: `sallyport complete -- log --verd`. */
export function completeCommand(programOf: () => Command): Command {
  return new Command('complete')
    .description('the words that can come next, for completion scripts')
    .argument('[words...]')
    .action(async (words: string[]) => (await completionOf(programOf, words)).parse(words))
}

/** It adds commands of its own to the program that it is shown, so it is shown another one. */
async function completionOf(programOf: () => Command, words: readonly string[] = []) {
  const { default: describe } = await import('@bomb.sh/tab/commander')
  const program = programOf()
  await addNames(program, words)
  return describe(program)
}
