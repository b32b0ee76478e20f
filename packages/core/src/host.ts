/** For programs that compose and run trainings; plugins never import it. */
export {};
