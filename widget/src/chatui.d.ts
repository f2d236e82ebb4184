// The single components are typed in lib/ and built as ES modules in es/.
declare module "@chatui/core/es/components/Bubble" {
  export * from "@chatui/core/lib/components/Bubble";
}
declare module "@chatui/core/es/components/Button" {
  export * from "@chatui/core/lib/components/Button";
}
declare module "@chatui/core/es/components/Card" {
  export * from "@chatui/core/lib/components/Card";
}
declare module "@chatui/core/es/components/ConfigProvider" {
  export * from "@chatui/core/lib/components/ConfigProvider";
}
declare module "@chatui/core/es/components/Time" {
  export * from "@chatui/core/lib/components/Time";
}
declare module "@chatui/core/es/components/Typing" {
  export * from "@chatui/core/lib/components/Typing";
}
