import { type Phrase, phrase } from './phrase.ts'

/** The override in other languages, and keeping it from the user. Those without an ASCII keyword are looked for in text that is not ASCII. */
export const LANGUAGES: readonly Phrase[] = [
  // German
  phrase(
    'override',
    0.8,
    'ignoriere ignorier ignorieren vergiss vergessen missachte',
    /(?:ignorier|vergiss|vergess|missacht)\w{0,3} (?:sie )?(?:bitte )?(?:alle|die|deine|ihre|jegliche|samtliche) (?:\S{1,20} ){0,3}(?:anweisungen|instruktionen|befehle|regeln|vorgaben|anweisung)/,
  ),
  phrase(
    'secrecy',
    0.5,
    'sag sage erwahne informiere',
    /(?:sage?|erwahne?|informiere?|verrate?)(?: \S{1,20}){0,4} (?:nutzer|benutzer|anwender)(?: \S{1,20}){0,3} (?:nichts?|nicht)/,
  ),
  // French
  phrase(
    'override',
    0.8,
    ['ignor', 'oubli', 'neglig'],
    /(?:ignor|oubli)\w{1,4} (?:toutes |tous )?(?:les|vos|tes|mes|ces) (?:\S{1,20} ){0,2}(?:instructions|consignes|directives|regles|ordres)(?: (?:precedentes?|anterieures?|ci-dessus|initiales?|systeme|qui precedent))?/,
  ),
  phrase(
    'secrecy',
    0.5,
    ['ne dis', 'ne dites', 'ne mention', "n'inform"],
    /n(?:e |')(?:dis|dites|mentionn|inform|revel)\w{0,3} (?:pas|rien|jamais)(?: \S{1,20}){0,5} (?:utilisateur|cela|ceci)/,
  ),
  // Spanish, Italian, Portuguese
  phrase(
    'override',
    0.8,
    'ignora ignore ignoren olvida olvide ignorate dimentica esqueca desconsidere desconsidera',
    /(?:ignor\w{1,3}|olvid\w{1,2}|dimentic\w{1,4}|esque\S{1,3}|desconsider\w{1,2}|haz caso omiso de) (?:todas?|todos?|tutte|tutti|as|os|las|los|le|gli|i|tus|sus|suas|seus) (?:\S{1,20} ){0,3}(?:instrucciones|indicaciones|ordenes|reglas|istruzioni|indicazioni|regole|instrucoes|ordens|regras|diretrizes|comandos)/,
  ),
  phrase(
    'secrecy',
    0.5,
    [
      'no le digas',
      'no menciones',
      'non dire',
      'non menzionare',
      'nao diga',
      'no informes',
      'sin decir',
      'senza dire',
      'sem dizer',
    ],
    /(?:no (?:le )?(?:digas|menciones|informes)|non (?:dire|menzionare)|nao (?:diga|mencione)|s(?:in|enza|em) d(?:ecir|ire|izer))(?: \S{1,20}){0,5} (?:usuario|utente|usuario|esto|questo|isto)/,
  ),
  // Dutch, Polish, Turkish, Swedish, Indonesian
  phrase(
    'override',
    0.8,
    'negeer vergeet',
    /(?:negeer|vergeet) (?:alle |de |je |uw )?(?:\S{1,20} ){0,3}(?:instructies|opdrachten|regels|aanwijzingen)/,
  ),
  phrase(
    'override',
    0.8,
    'zignoruj ignoruj zapomnij',
    /(?:z?ignoruj|zapomnij o?) ?(?:wszystkie |wszystkich )?(?:\S{1,20} ){0,2}(?:instrukcj\S{1,3}|polece\S{1,3}|zasad\S{0,2})/,
  ),
  phrase(
    'override',
    0.8,
    ['talimat', 'komut', 'yoksay', 'unut'],
    /(?:onceki|tum|yukaridaki|bundan onceki) (?:\S{1,20} ){0,2}(?:talimat|komut|yonerge)\S{0,8}(?: \S{1,20}){0,3} (?:yoksay|gormezden gel|unut|dikkate alma)/,
  ),
  phrase(
    'override',
    0.8,
    'ignorera bortse abaikan lupakan',
    /(?:ignorera|bortse fran|glom) (?:alla |dina )?(?:\S{1,20} ){0,2}(?:instruktioner|anvisningar|regler)|(?:abaikan|lupakan) (?:semua )?(?:instruksi|perintah)/,
  ),
  // Languages in other scripts
  phrase(
    'override',
    0.8,
    [],
    /(?:忽略|无视|無視|忘记|忘記|不要理会|不要遵守)(?:你|您)?(?:之前|以上|先前|前面|上面|所有|任何|一切|原来|系统){1,3}(?:的|所有|全部)*(?:指令|指示|说明|說明|提示|规则|規則|命令|要求)/,
  ),
  phrase(
    'secrecy',
    0.5,
    [],
    /(?:不要|请勿|別|别)(?:告诉|告訴|通知|提及|向)(?:用户|用戶|使用者)|不要(?:提及|透露)(?:此|这|這)/,
  ),
  phrase(
    'override',
    0.8,
    [],
    /(?:これまで|以前|前|上記|すべて|全て|今まで)(?:の|で)?(?:すべての|全ての)?(?:指示|命令|指令|ルール|プロンプト)を?(?:すべて|全て)?(?:無視|忘れ|破棄)/,
  ),
  phrase(
    'override',
    0.8,
    [],
    /(?:이전|위|앞|모든|기존)(?:의)? ?(?:모든 )?(?:지시|명령|지침|규칙|프롬프트)(?:사항)?(?:을|를|들을)? ?(?:모두 )?(?:무시|잊)/,
  ),
  phrase(
    'override',
    0.8,
    [],
    /(?:проигнориру|игнориру|забуд|не обращай)\S{0,4} (?:на )?(?:все |всё |ваши |твои )?(?:предыдущ|прошл|прежн|выше|систем|перв)\S{0,6} (?:\S{1,20} )?(?:инструкци|указани|команд|правил|сообщени)\S{0,3}/,
  ),
  phrase(
    'secrecy',
    0.5,
    [],
    /не (?:говори|сообща|упомина|рассказыва)\S{0,4}(?: \S{1,20}){0,3} (?:пользовател|об этом)/,
  ),
  phrase(
    'override',
    0.8,
    [],
    /(?:تجاهل|انس|تجاهلي) (?:جميع |كل )?(?:التعليمات|الأوامر|القواعد)(?: (?:السابقة|أعلاه))?/,
  ),
  phrase(
    'override',
    0.8,
    [],
    /(?:पिछले|सभी|उपरोक्त)(?: सभी)? (?:निर्देश|आदेश)\S{0,4}(?: \S{1,12}){0,2} (?:अनदेखा|नज़रअंदाज|भूल)/,
  ),
  phrase('override', 0.8, [], /(?:התעלם|התעלמי|שכח) (?:מכל |מ)?(?:ההוראות|ההנחיות)/),
  phrase(
    'override',
    0.8,
    ['bo qua', 'phot lo', 'quen '],
    /(?:bo qua|phot lo|quen) (?:tat ca |moi )?(?:cac )?(?:huong dan|chi dan|lenh)/,
  ),
  phrase(
    'override',
    0.8,
    [],
    /(?:проігноруй|ігноруй|забудь)\S{0,3} (?:всі |усі )?(?:попередні|минулі) (?:інструкці|вказівк|команд)\S{0,2}/,
  ),
]
