"""What was seen in the world: logs of rollouts in one neutral form."""

from fwsim.messages import say
from fwsim.optional import needed

needed("pyarrow", "logs", say("optional.logs"))  # every room here keeps its columns in Arrow
