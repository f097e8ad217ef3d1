import "reflect-metadata";
import { buildFacadeSchema } from "../src/graphql/schema.js";

process.stdout.write(buildFacadeSchema().sdl);
