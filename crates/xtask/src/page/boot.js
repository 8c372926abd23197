// Starts the page. A file of its own: the content security policy allows no inline script.
import init from "./tongban_ui.js";

init({ module_or_path: "/tongban_ui_bg.wasm" }).catch((error) => {
  console.error(error);
  const sorry = document.createElement("p");
  sorry.setAttribute("role", "alert");
  sorry.textContent = "页面没有打开。请关闭通办后重新打开；您填写的内容都还保存在本机。";
  document.body.replaceChildren(sorry);
});
