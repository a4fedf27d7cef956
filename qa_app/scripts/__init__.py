"""For agents and inspectors: what should be said, scene by scene; for the QA lead: write it, version it, exchange it.

A script is edited as a draft and published as a version that never changes; rules name the version whose words they
look for, criteria name the script.

service     drafts, versions, files
queries     the library as it is read, who points at a script
words       scenes and differences in the reader's language
shipped     the scripts that come with the product
"""
