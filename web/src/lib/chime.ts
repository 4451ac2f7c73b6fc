// The sound of a message, made on the spot: two soft tones, a fifth apart.

const TONES_HZ = [587.33, 880];
const APART_S = 0.09;
const LENGTH_S = 0.35;
const LOUDNESS = 0.12;

let context: AudioContext | undefined;

/** Browsers let a page sound once somebody has touched it; until then it stays silent. */
export function chime(): void {
  context ??= new AudioContext();
  void context.resume();
  for (const [n, tone] of TONES_HZ.entries()) {
    const begins = context.currentTime + n * APART_S;
    const sound = context.createOscillator();
    const volume = context.createGain();
    sound.frequency.value = tone;
    volume.gain.setValueAtTime(0, begins);
    volume.gain.linearRampToValueAtTime(LOUDNESS, begins + 0.01);
    volume.gain.exponentialRampToValueAtTime(0.001, begins + LENGTH_S);
    sound.connect(volume).connect(context.destination);
    sound.start(begins);
    sound.stop(begins + LENGTH_S);
  }
}
