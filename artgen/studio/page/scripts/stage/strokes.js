// Strokes of a brush, kept as points, so that each can be taken back; drawn as one picture of the size of the run's.

const MOST = 400;

/** A stroke: `{erases, colour, opacity, size, points: [[x, y, pressure]...]}`, in pixels of the picture. */
export class Strokes {
  list = [];
  #base = null; // what the strokes that are no longer listed have left
  #single = document.createElement("canvas");

  canvas = document.createElement("canvas");

  /** `drawn` is called whenever the picture has changed. */
  constructor(drawn) {
    this.drawn = drawn;
  }

  get isEmpty() {
    return this.list.length === 0 && !this.#base;
  }

  resize(width, height) {
    if (this.canvas.width === width && this.canvas.height === height) return;
    for (const canvas of [this.canvas, this.#single]) Object.assign(canvas, { width, height });
    this.clear();
  }

  begin(stroke) {
    if (this.list.length >= MOST) this.#settle();
    this.list.push(stroke);
    this.draw();
  }

  /** The oldest half becomes a picture. */
  #settle() {
    const kept = this.list;
    this.list = kept.slice(0, MOST / 2);
    this.draw();
    this.#base ??= document.createElement("canvas");
    Object.assign(this.#base, { width: this.canvas.width, height: this.canvas.height });
    this.#base.getContext("2d").drawImage(this.canvas, 0, 0);
    this.list = kept.slice(MOST / 2);
  }

  undo() {
    this.list.pop();
    this.draw();
  }

  clear() {
    this.list = [];
    this.#base = null;
    this.draw();
  }

  draw() {
    const context = this.canvas.getContext("2d");
    context.clearRect(0, 0, this.canvas.width, this.canvas.height);
    if (this.#base) context.drawImage(this.#base, 0, 0);
    for (const stroke of this.list) this.#stroke(context, stroke);
    this.drawn();
  }

  /** The stroke is drawn opaque by itself, and then laid on: where it crosses itself it is no denser. */
  #stroke(context, { erases, colour, opacity, size, points }) {
    const single = this.#single.getContext("2d");
    single.clearRect(0, 0, this.#single.width, this.#single.height);
    Object.assign(single, { lineCap: "round", lineJoin: "round", strokeStyle: colour, fillStyle: colour });
    let [before] = points;
    for (const point of points) {
      single.lineWidth = size * ((before[2] + point[2]) / 2);
      single.beginPath();
      single.moveTo(before[0], before[1]);
      single.lineTo(point[0], point[1] + (points.length === 1 ? 0.01 : 0));
      single.stroke();
      before = point;
    }
    context.save();
    context.globalCompositeOperation = erases ? "destination-out" : "source-over";
    context.globalAlpha = opacity;
    context.drawImage(this.#single, 0, 0);
    context.restore();
  }

  /** What is painted, in a canvas of its own. */
  copy() {
    const canvas = document.createElement("canvas");
    Object.assign(canvas, { width: this.canvas.width, height: this.canvas.height });
    canvas.getContext("2d").drawImage(this.canvas, 0, 0);
    return canvas;
  }

  /** What is painted, as a PNG with clear ground. */
  picture() {
    return new Promise((done) => this.canvas.toBlob(done, "image/png"));
  }

  /** White where something is painted, black elsewhere, as a PNG. */
  mask() {
    const canvas = document.createElement("canvas");
    Object.assign(canvas, { width: this.canvas.width, height: this.canvas.height });
    const context = canvas.getContext("2d");
    context.drawImage(this.canvas, 0, 0);
    context.globalCompositeOperation = "source-in";
    context.fillStyle = "#ffffff";
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.globalCompositeOperation = "destination-over";
    context.fillStyle = "#000000";
    context.fillRect(0, 0, canvas.width, canvas.height);
    return new Promise((done) => canvas.toBlob(done, "image/png"));
  }
}
