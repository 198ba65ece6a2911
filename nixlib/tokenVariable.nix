# Whether `auth.tokenEnvVar` may have a value: the names of tokens alone. A variable such as LD_PRELOAD
# would change the build that it is passed to.
#
#   tokenVariable : String -> Bool
#
#   tokenVariable "HF_TOKEN"
#   => true
name:
builtins.match "([A-Za-z0-9]+_)*TOKEN(_[A-Za-z0-9]+)*" name != null && builtins.substring 0 4 name != "AWS_"
