"""Commands of the public register: verify, proof, key."""

from __future__ import annotations

import argparse

from gongkai.config.cli.frame import DONE, FOUND, CannotRunError, Commands, Parser, print_json


def declare(commands: Commands) -> None:
    """Add ``register`` with its own commands."""
    register = commands.add("register", "发布存证：核验、证明、公钥", run_verify, has_json=False)
    parts = register.add_subparsers(metavar="动作", dest="part", required=True)
    verify: Parser = parts.add_parser("verify", help="重新计算全部内容，列出不一致之处")
    verify.add_argument("--json", action="store_true", help="输出 JSON")
    verify.set_defaults(run=run_verify)
    proof: Parser = parts.add_parser("proof", help="某一索引号各版本的证明")
    proof.add_argument("index_number", help="索引号")
    proof.set_defaults(run=run_proof)
    check: Parser = parts.add_parser("check", help="核验一份证明，如 verify_register.py，也能核验 SM2 签名")
    check.add_argument("proof", metavar="PROOF", help="证明（JSON）")
    check.add_argument("content", metavar="CONTENT", help="下载的 .edition.json")
    check.add_argument("--key", required=True, metavar="KEY", help="公钥：一行文字或文件")
    check.set_defaults(run=run_check)
    key: Parser = parts.add_parser("key", help="核验检查点的公钥")
    key.set_defaults(run=run_key)


def run_verify(options: argparse.Namespace) -> int:
    """Recomputes everything; 1 and the names of what differs."""
    from gongkai.ground.register.verify import verify_all

    report = verify_all()
    if options.json:
        print_json(report.as_json())
        return DONE if report.is_sound else FOUND
    for difference in report.differences:
        print(f"{difference.what}: {difference.message}（{difference.problem}）")
    looked = "，".join(f"{name} {count}" for name, count in report.checked.items())
    print(f"已核对：{looked}；尚未存证的事件 {report.unsealed} 条")
    print("一致" if report.is_sound else f"不一致 {report.total} 处")
    return DONE if report.is_sound else FOUND


def run_proof(options: argparse.Namespace) -> int:
    """The proofs of every published edition of one record, as one JSON object."""
    from gongkai.engine.records.models import Record
    from gongkai.ground.register.proofs import subject_proofs

    record = Record.objects.filter(index_number=options.index_number, published_at__isnull=False).first()
    if record is None:
        message = f"没有索引号为 {options.index_number} 的已公开信息"
        raise CannotRunError(message)
    print_json({"index_number": record.index_number, "proofs": subject_proofs("record", str(record.pk))})
    return DONE


def run_key(_options: argparse.Namespace) -> int:
    """The vkey line of every log, the current one first."""
    from gongkai.ground.register.proofs import public_keys

    keys = public_keys()
    if not keys:
        raise CannotRunError("存证日志尚未建立：还没有任何事件")
    for _log, vkey in keys:
        print(vkey)
    return DONE


def run_check(options: argparse.Namespace) -> int:
    """What ``verify_register.py`` does, with keys of every algorithm that is installed."""
    from gongkai.ground.register import verify_register
    from gongkai.ground.register.signing import PublicKey, parse_vkey

    def read(line: str) -> PublicKey:
        try:
            return parse_vkey(line)
        except ValueError:
            message = f"公钥格式不对 / this is not a public key line: {line[:80]!r}"
            raise verify_register.CannotRun(message) from None

    return verify_register.main([options.proof, options.content, "--key", options.key], read)
