// What the JSON Schema of presets says of each setting: all forms follow from it, those of plugins too.

let root = { properties: {}, $defs: {} };

export function learn(schema) {
  root = schema;
}

export const properties = () => root.properties;

/** A schema without references and without null: `nullable` says that null was among the choices. */
export function plain(schema) {
  let told = { ...schema };
  if (told.$ref) {
    const name = told.$ref.replace("#/$defs/", "");
    delete told.$ref;
    told = { ...root.$defs[name], ...told };
    return plain(told);
  }
  if (told.allOf?.length && !told.if && told.allOf.every((part) => part.$ref || part.required)) {
    const reference = told.allOf.find((part) => part.$ref);
    const { allOf, ...rest } = told;
    return reference ? plain({ ...reference, ...rest }) : told;
  }
  if (Array.isArray(told.type) && told.type.includes("null")) {
    const types = told.type.filter((type) => type !== "null");
    return { ...told, type: types.length === 1 ? types[0] : types, nullable: true };
  }
  if (told.oneOf) {
    const { oneOf, ...rest } = told;
    return plain({ ...rest, anyOf: oneOf });
  }
  if (!told.anyOf) return told;
  const choices = told.anyOf.filter((choice) => choice.type !== "null");
  const nullable = told.nullable || choices.length < told.anyOf.length;
  if (choices.length !== 1) return { ...told, anyOf: choices, nullable };
  const { anyOf, ...rest } = told;
  return plain({ ...choices[0], ...rest, nullable });
}

/** How a setting is edited, where the schema says so: `{kind: "slider", low, high, scale}` and others; else null. */
export function widgetOf(schema) {
  return plain(schema)["x-artgen-widget"] ?? null;
}

/** What a setting may be, without null: each as a plain schema. */
export function choicesOf(schema) {
  const told = plain(schema);
  return told.anyOf ? told.anyOf.flatMap(choicesOf) : [told];
}

/** Whether a number may change over the run. */
export function isScheduled(schema) {
  return (plain(schema).anyOf ?? []).some((choice) => choice.title === "numbers over the run");
}

const PLACES = ["point", "region"];

/** Which control a setting gets; the names are those of the controls. */
export function kindOf(schema) {
  const told = plain(schema);
  const widget = widgetOf(told)?.kind;
  if (PLACES.includes(widget)) return widget;
  if (isScheduled(told)) return "schedule";
  if (told.enum || told.const !== undefined) return "enum";
  if (told.type === "boolean") return "boolean";
  if (told.type === "number" || told.type === "integer") return "number";
  if (typesOf(told).length) return "component";
  if (told.type === "string") return widget === "colour" ? "colour" : "text";
  if (told.properties) return "object";
  const choices = choicesOf(told);
  if (choices.length > 1) return kindOfChoices(told, choices, widget);
  if (widget === "colours" || (told.items && widgetOf(told.items)?.kind === "colour")) return "colours";
  if (told.type !== "array") return "yaml";
  return isFormed(told.items) ? "list" : "flow";
}

function kindOfChoices(told, choices, widget) {
  if (choices.some((choice) => choice.properties || choice.additionalProperties || isFormed(choice.items))) return "union";
  if (widget === "colours") return "colours";
  if (widget === "colour" || widget === "slider") return widget === "colour" ? "colour" : "suggested";
  return choices.every((choice) => choice.type === "boolean" || choice.enum) ? "union" : "suggested";
}

/** Whether items of a list are more than words and numbers. */
function isFormed(items) {
  return Boolean(items) && items !== true && ["object", "union", "component"].includes(kindOf(items));
}

/** The names among the choices of a setting that may be something else, too. */
export function suggestions(schema) {
  return [...new Set((plain(schema).anyOf ?? []).flatMap((choice) => choice.enum ?? (choice.const === undefined ? [] : [choice.const])))];
}

/** The types that a component may have: `[{name, about}]`; none where it is no component. */
export function typesOf(schema) {
  const told = plain(schema).properties?.type;
  // Where plugins are installed, components may be called by their full names, too; the short ones are offered.
  const type = told?.enum ? told : told?.anyOf?.find((choice) => choice.enum);
  if (!type || !plain(schema).allOf?.some((part) => part.if)) return [];
  return type.enum.map((name, place) => ({ name, about: type.markdownEnumDescriptions?.[place] ?? "" }));
}

/** The settings of a component of this type, without `type`: `{name: schema}`. */
export function settingsOf(schema, type) {
  const parts = plain(schema).allOf ?? [];
  const part = parts.find(({ if: asked }) => asked?.properties?.type?.const === type) ?? parts.find(({ if: asked }) => asked && short(asked.properties?.type?.const) === short(type));
  const { type: _, ...settings } = part ? plain(part.then).properties : {};
  return settings;
}

const short = (type) => String(type ?? "").split(":").at(-1);

/** How a section holds components: "list", "named" or "one"; null where it is no section. */
export function shapeOf(schema) {
  const told = plain(schema);
  if (typesOf(told).length) return "one";
  if (told.items && typesOf(told.items).length) return "list";
  if (told.additionalProperties && typesOf(told.additionalProperties).length) return "named";
  return null;
}

export const componentOf = (schema) => {
  const told = plain(schema);
  return { one: told, list: told.items, named: told.additionalProperties }[shapeOf(told)];
};
