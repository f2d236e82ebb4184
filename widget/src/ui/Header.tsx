import { Button } from "@chatui/core/es/components/Button";
import { BASE } from "../api";
import type { Config } from "../types";
import words from "../words";
import { Icon } from "./icons";

interface Props {
  config: Config;
  elder: boolean;
  menuOpen: boolean;
  onElder: () => void;
  onMenu: () => void;
  /** Closes the window on somebody else's page; absent on a page of its own. */
  onClose?: () => void;
}

export function Header({ config, elder, menuOpen, onElder, onMenu, onClose }: Props) {
  return (
    <header className="header">
      <div className="header-name">
        {config.logo ? <img className="logo" src={BASE + config.logo.replace(/^.*\//, "/")} alt="" /> : <Icon name="bot" />}
        <h1>{config.title}</h1>
      </div>
      <div className="header-tools">
        <Button className="tool" aria-pressed={elder} onClick={onElder}>
          <Icon name="elder" />
          {words.header.elder}
        </Button>
        <Button className="tool" aria-expanded={menuOpen} aria-controls="menu" onClick={onMenu}>
          <Icon name="menu" />
          {words.header.more}
        </Button>
        {onClose && (
          <Button className="tool" onClick={onClose}>
            <Icon name="close" />
            {words.header.close}
          </Button>
        )}
      </div>
    </header>
  );
}
