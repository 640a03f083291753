export { askedFor, type AskedFor, explicitlyAskedFor, namesToReinstall, neuteredSpecs } from './asked-for.ts';
export { checkAllowed } from './check-result.ts';
export { type EnvironmentFile, type EnvironmentFileOptions, parseEnvironmentYml } from './environment-yml.ts';
export { isExplicitFile, parseExplicitFile, type ExplicitFile, type ExplicitPaths } from './explicit-file.ts';
export { consideredOf, gatherRequest } from './gather-request.ts';
export { joinRemoval } from './join-removal.ts';
export { parseRequirementsFile, type RequirementsFile } from './requirements-file.ts';
export { wantedNames } from './wanted-names.ts';
