"""What is done to organs, people and posts. A system administrator does it, in the organs of the grant."""

from gongkai.ground.organs.actions.changing import abolish, add_post, end_post, rename, succeed, update
from gongkai.ground.organs.actions.directory import leave_directory, use_directory
from gongkai.ground.organs.actions.establishing import NewOrgan, establish
from gongkai.ground.organs.actions.moving import move
from gongkai.ground.organs.actions.passwords import change_password, reset_password
from gongkai.ground.organs.actions.people import disable, enable, enrol, transfer, update_person

__all__ = [
    "NewOrgan",
    "abolish",
    "add_post",
    "change_password",
    "disable",
    "enable",
    "end_post",
    "enrol",
    "establish",
    "leave_directory",
    "move",
    "rename",
    "reset_password",
    "succeed",
    "transfer",
    "update",
    "update_person",
    "use_directory",
]
