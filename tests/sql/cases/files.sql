-- Volumes, paths and external locations.
-- Stanzas: comments, a statement, `=> what it uses`. Notation: t(a,b) SELECT with columns; !t MODIFY; f:f EXECUTE; rv: wv: READ and
-- WRITE VOLUME; rf: wf: READ and WRITE FILES; conn: USE CONNECTION; ?reason opaque. Names in main.s stand without it.

SELECT * FROM STREAM read_files('/Volumes/main/raw/land/in')
=> rv:main.raw.land

SELECT * FROM read_files('s3://b/x/', format => 'csv')
=> rf:s3://b/x

SELECT * FROM cloud_files('/Volumes/main/raw/land/in', 'json')
=> rv:main.raw.land

SELECT * FROM csv.`dbfs:/Volumes/main/raw/land/x.csv`
=> rv:main.raw.land

LIST '/Volumes/main/raw/land/in' LIMIT 3
=> rv:main.raw.land

PUT '/local/x' INTO '/Volumes/main/raw/land/x' OVERWRITE
=> wv:main.raw.land

REMOVE '/Volumes/main/raw/land/x'
=> wv:main.raw.land

GET '/Volumes/main/raw/land/x' TO '/local/x'
=> rv:main.raw.land

INSERT OVERWRITE DIRECTORY '/Volumes/main/raw/land/out' USING json SELECT a FROM t
=> t(a) wv:main.raw.land

COPY INTO dst FROM '/Volumes/main/raw/land/in' FILEFORMAT = CSV
=> !dst rv:main.raw.land

COPY INTO delta.`s3://b/out` FROM (SELECT _c0::int AS a FROM 's3://b/in') FILEFORMAT = CSV
=> rf:s3://b/in wf:s3://b/out

COPY INTO dst FROM 's3://b/in' WITH (CREDENTIAL cred) FILEFORMAT = JSON COPY_OPTIONS ('mergeSchema' = 'true')
=> !dst rf:s3://b/in

DELETE FROM delta.`/Volumes/main/raw/land/d` WHERE a = 1
=> wv:main.raw.land

CREATE OR REFRESH STREAMING TABLE st AS SELECT * FROM STREAM read_files('s3://b/q')
=> rf:s3://b/q

LOAD DATA INPATH '/Volumes/main/raw/land/x' OVERWRITE INTO TABLE dst PARTITION (a = 1)
=> !dst rv:main.raw.land
