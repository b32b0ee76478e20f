/** `1 h 05 min`, `3 min 20 s`, `45 s`. */
export function duration(seconds: number): string {
  const whole = Math.round(seconds);
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60), whole % 60];
  const two = (value: number): string => String(value).padStart(2, '0');
  if (hours > 0) return `${hours} h ${two(minutes)} min`;
  return minutes > 0 ? `${minutes} min ${two(rest)} s` : `${rest} s`;
}

/** What is left at the pace so far; empty before the first step. */
export function timeLeft(elapsedMilliseconds: number, done: number, all: number): string {
  if (done <= 0) return '';
  return `${duration((elapsedMilliseconds / 1000 / done) * (all - done))} left`;
}
