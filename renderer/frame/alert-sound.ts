/** Two short tones, made here rather than played from a file. */
const TONES_HZ = [740, 988] as const;
const TONE_S = 0.16;
const LOUDNESS = 0.12;

/** Sounds once, quietly; where the machine has no sound, nothing happens. */
export function soundAlert(): void {
  const context = new AudioContext();
  const gain = context.createGain();
  gain.connect(context.destination);
  for (const [index, hertz] of TONES_HZ.entries()) {
    const startS = context.currentTime + index * TONE_S;
    const tone = context.createOscillator();
    tone.frequency.value = hertz;
    tone.connect(gain);
    gain.gain.setValueAtTime(0, startS);
    gain.gain.linearRampToValueAtTime(LOUDNESS, startS + 0.02);
    gain.gain.linearRampToValueAtTime(0, startS + TONE_S);
    tone.start(startS);
    tone.stop(startS + TONE_S);
    if (index === TONES_HZ.length - 1) tone.onended = () => void context.close();
  }
}
