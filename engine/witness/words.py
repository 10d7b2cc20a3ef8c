"""What is told of a log that is doubted, and to whoever cannot sign it."""

from __future__ import annotations

UNKNOWN = (
    "检查点不是这个日志的密钥在其有效期间所签",
    "a checkpoint is not signed by a key of this log that counted then",
)
BY_A_FORMER_KEY = (
    "最新的检查点是已经交接的旧密钥所签",
    "the newest checkpoint is signed by a former key, which has handed over",
)
ELSEWHERE = (
    "数据库不属于此处保存的任何一个日志",
    "the database belongs to none of the logs whose checkpoints are kept here",
)
NOT_SIGNING = (
    "本程序没有日志的签名密钥：请在持有密钥的账号下执行。"
    " · This program does not hold the key of the log: run the command as the one who holds it."
)
NO_KEY_YET = (
    "日志还没有签过检查点，没有密钥可换：先执行 bihuan audit checkpoint。"
    " · No checkpoint has been signed yet, so there is no key to change: run bihuan audit checkpoint first."
)
NO_PLACE = (
    "密钥所在的文件夹不能写入，新密钥无处存放：请在能够写入该文件夹的账号下执行。"
    " · A new key cannot be written beside the present one: run the command as an account that may write there."
)
SENTENCE = (
    "数据库与已签名的检查点不一致：可能恢复了旧的备份，或者有人改动了记录。为免在错误的记录上继续办理，系统暂为只读。"
    "请核实原因：能换回正确数据库的，换回后自行恢复；"
    "确认应当接受的，由两名系统管理员或者审计管理员先后执行 bihuan audit accept。"
    " · The database is not what its checkpoints were signed over: an old copy was put back, or records were changed. "
    "So that nobody works on a wrong record, nothing is recorded. Put the right database back and the house goes on by "
    "itself; where this one is to be accepted, two system or audit administrators run bihuan audit accept, one after the "
    "other."
)

CANNOT_BE_READ = (
    "数据库中有无法读取的内容，不能确认。请从备份恢复，或者由数据库管理员修复后再核验"
    " · the database holds what cannot be read, which nobody can accept. Restore a backup, or have it mended and verify again"
)
