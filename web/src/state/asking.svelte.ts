// A question that lies over the page until it is answered: whether something is to be done, or why. The
// browser's own boxes know neither the language of the page nor its looks.

export interface Question {
  text: string;
  /** What is done then. */
  verb: string;
  /** It cannot be taken back. */
  bad: boolean;
  /** Asks for a reason too, which may stay empty. */
  why: boolean;
  /** Given nothing, it is not done. */
  answer: (reason: string | null) => void;
}

class Asking {
  question = $state.raw<Question | null>(null);

  /** A question that another one takes the place of is answered with no. */
  put(text: string, verb: string, bad: boolean, why: boolean): Promise<string | null> {
    this.end(null);
    return new Promise((answer) => (this.question = { text, verb, bad, why, answer }));
  }

  end(reason: string | null): void {
    const { question } = this;
    this.question = null;
    question?.answer(reason);
  }
}

export const asking = new Asking();

export const sure = async (text: string, verb: string, bad = true): Promise<boolean> => (await asking.put(text, verb, bad, false)) !== null;

/** The reason, which may be empty; nothing where it is not to be done after all. */
export const why = (text: string, verb: string): Promise<string | null> => asking.put(text, verb, true, true);
