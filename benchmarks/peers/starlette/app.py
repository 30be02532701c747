import asyncio

from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.responses import JSONResponse
from starlette.routing import Route


async def wait():
    await asyncio.sleep(0.05)


async def answer(request):
    return JSONResponse({"id": 4711, "state": "accepted", "customer": "Ada Lovelace"}, background=BackgroundTask(wait))


app = Starlette(routes=[Route("/", answer)])
