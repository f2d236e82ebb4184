/** Which of the known questions what is being typed may become. */

/** So many are shown; a phone's keyboard leaves room for no more. */
const MOST = 3;
/** Share of the typed pairs of characters that a question must have. */
const LEAST = 0.5;

/** Characters that say nothing about what is asked. */
const EMPTY = /一下|请问|[\s，。？！、,.?!的了吗呢啊我要想问]/g;

const pairs = (text: string): string[] =>
  Array.from({ length: Math.max(0, text.length - 1) }, (_, at) => text.slice(at, at + 2));

/** The questions that share most with a text, the best first. */
export function alike(text: string, questions: string[]): string[] {
  const wanted = pairs(text.replace(EMPTY, ""));
  if (!wanted.length || questions.includes(text.trim())) return [];
  return questions
    .map((question) => {
      const bare = question.replace(EMPTY, "");
      const share = wanted.filter((pair) => bare.includes(pair)).length / wanted.length;
      return { question, share, length: bare.length };
    })
    .filter(({ share }) => share >= LEAST)
    .sort((a, b) => b.share - a.share || a.length - b.length)
    .slice(0, MOST)
    .map(({ question }) => question);
}
