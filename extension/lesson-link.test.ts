import { expect, test } from "vitest";
import { readLessonLink } from "./lessons/lesson-link.ts";

test.each([
  ["/lesson/w6-revocation", "step=4&seed=2", { name: "w6-revocation", step: 4, seed: 2 }],
  ["/lesson/w0-who.lesson.json", "", { name: "w0-who" }],
  ["/lesson/w0-who", "seed=0&utm_source=page", { name: "w0-who", seed: 0 }],
])("%s?%s leads to a lesson", (path, query, expected) => {
  expect(readLessonLink({ path, query })).toEqual(expected);
});

test.each([
  ["/lesson/../../etc/passwd", "", /must be \/lesson\/NAME/],
  ["/lesson/", "", /must be \/lesson\/NAME/],
  ["/open/w0-who", "", /must be \/lesson\/NAME/],
  ["/lesson/w0-who", "step=0", /'step' is '0', and it must be a number from 1 on/],
  ["/lesson/w0-who", "step=last", /'step' is 'last'/],
  ["/lesson/w0-who", "seed=-1", /'seed' is '-1', and it must be a number from 0 on/],
])("%s?%s is answered with a sentence", (path, query, sentence) => {
  expect(readLessonLink({ path, query })).toMatch(sentence);
});
