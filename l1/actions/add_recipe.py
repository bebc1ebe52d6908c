"""Keep a recipe, so that it can be run by its name."""

from l1.actions.contents import not_deleted, stored
from l1.actions.find_effect import read_with_effects
from l1.actions.find_recipe import RECIPE_BYTES, Found
from l1.actions.services import Caller, Services
from l1.content.cid import is_cid, is_cid_v0, is_content_hash
from l1.dag.recipe import Recipe
from l1.errors import Refused, Unavailable
from l1.events.recipe import RecipeAdded
from l1.log.command import Appended, Command, Stale


async def add_recipe(
    services: Services, caller: Caller, text: bytes, *, file: str = "recipe.yaml"
) -> tuple[Found, Appended]:
    """Check a recipe's text and keep it; adding it again makes it the newest of its name.

    Raises `Refused`, with line and column, for what is no recipe, and for a name that means
    something else already.
    """
    if len(text) > RECIPE_BYTES:
        raise Refused(f"a recipe has at most {RECIPE_BYTES} bytes", code="too_large")
    recipe = await read_with_effects(services, text, file=file)
    _check_name(services, recipe)
    since = await services.reader.head()
    identity = await services.store.put_bytes(text)
    added = RecipeAdded(
        cid=identity.cid,
        name=recipe.name,
        version=recipe.version,
        steps=len(recipe.steps),
        owner=caller.name,
        description=await services.keyring.seal(caller.name, recipe.description),
    )
    document = stored(identity, source="recipe", caller=caller, media_type="application/yaml")
    try:
        appended = await services.log.append(
            Command(
                facts=(document, added),
                meta=caller.meta(identity.cid),
                conditions=(not_deleted([identity.cid], since=since),),
            )
        )
    except Stale:
        raise Unavailable(
            "the same recipe was being removed meanwhile; send it again", code="deleted_meanwhile"
        ) from None
    return Found(recipe=recipe, cid=identity.cid, text=text), appended


def _check_name(services: Services, recipe: Recipe) -> None:
    name = recipe.name
    if name in services.nodes:
        message = f"'{name}' is the name of an effect; give the recipe another one"
        raise Refused(message, code="name_taken", name=name)
    if is_cid(name) or is_cid_v0(name) or is_content_hash(name):
        message = "a recipe's name must not look like the name of content"
        raise Refused(message, code="name_taken", name=name)
